/** Questions about the document, answered from its text; what an answer stands on lights up on the page. */

import { useCallback, useEffect, useRef, useState, type FormEvent } from "react";
import { ask, askJson, Problem } from "../api/client";
import { eventsOf } from "../api/jobs";
import type { Job } from "../api/types";
import { t } from "../texts";
import { Chat, Send } from "../ui/icons";
import { EmptyState, IconButton } from "../ui/parts";
import { ProblemCard } from "../ui/problem";

interface Citation { page: number; snippet: string; boxes: number[][]; value_boxes: number[][] }
interface Sentence { text: string; supported: boolean; citations: Citation[] }
interface Message { role: "user" | "assistant"; content: string; citations?: Citation[]; doubted?: Sentence[] }

interface Props { job: Job; sheets: number; onCite: (page: number, boxes: number[][]) => void }

export function ChatPanel({ job, sheets, onCite }: Props) {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [coming, setComing] = useState<Sentence[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [question, setQuestion] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const ready = job.state === "done" || job.state === "partial";

  useEffect(() => {
    if (!ready) return;
    askJson<{ messages: Message[] }>(`/v1/jobs/${job.id}/chat`).then((found) => setMessages(found.messages), (error) => error instanceof Problem && setProblem(error));
  }, [job.id, ready]);
  useEffect(() => { end.current?.scrollIntoView({ block: "nearest" }); }, [messages, coming]);

  const cite = useCallback((citation: Citation) => onCite(citation.page, citation.boxes), [onCite]);

  const put = async (text: string) => {
    if (!text.trim() || coming) return;
    setQuestion("");
    setProblem(null);
    setMessages((old) => [...(old ?? []), { role: "user", content: text.trim() }]);
    setComing([]);
    try {
      const answer = await ask(`/v1/jobs/${job.id}/chat?stream=true`, { method: "POST", body: JSON.stringify({ message: text.trim() }), headers: { "Content-Type": "application/json" } });
      const sentences: Sentence[] = [];
      if (answer.body) for await (const { kind, data } of eventsOf(answer.body)) {
        if (kind === "sentence") { sentences.push(data as unknown as Sentence); setComing([...sentences]); }
        if (kind === "error") throw new Problem({ status: 500, code: String(data.code), detail: String(data.detail) });
        if (kind === "answer") {
          const message = data.message as Message;
          setMessages((old) => [...(old ?? []), { ...message, doubted: sentences.filter((each) => !each.supported) }]);
          const first = message.citations?.[0];
          if (first) void cite(first);
        }
      }
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    }
    setComing(null);
  };

  if (!ready) return <EmptyState icon={<Chat size={24} />} title={t.chat.wait} />;
  if (problem && problem.status === 404) return <EmptyState icon={<Chat size={24} />} title={t.chat.none} />;
  const submit = (event: FormEvent) => { event.preventDefault(); void put(question); };
  return (
    <div className="chat">
      <div className="chat-log" tabIndex={0} role="log" aria-label={t.chat.title} aria-busy={coming !== null}>
        {messages?.length === 0 && !coming && (
          <EmptyState icon={<Chat size={24} />} title={t.chat.title} action={<div className="chips center">{t.chat.examples.map((each) => <button type="button" className="chip" key={each} onClick={() => put(each)}>{each}</button>)}</div>}>{t.chat.lead}</EmptyState>
        )}
        {messages?.map((message, i) => <Said key={i} message={message} sheets={sheets} onCite={cite} />)}
        {coming && <div className="said assistant coming"><span className="visually-hidden">{t.chat.answer}</span>
          {coming.length ? coming.map((sentence, i) => <span key={i}>{sentence.text} </span>) : <span className="thinking">{t.chat.thinking}</span>}</div>}
        {problem && <ProblemCard problem={problem} />}
        <div ref={end} />
      </div>
      <form className="chat-form" onSubmit={submit}>
        <textarea rows={1} maxLength={4000} value={question} placeholder={t.chat.placeholder} aria-label={t.chat.placeholder}
          onChange={(event) => setQuestion(event.target.value)}
          onKeyDown={(event) => { if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event); }} />
        <IconButton label={t.chat.send} type="submit" disabled={!question.trim() || coming !== null}><Send /></IconButton>
      </form>
    </div>
  );
}

function Said({ message, sheets, onCite }: { message: Message; sheets: number; onCite: (citation: Citation) => void }) {
  if (message.role === "user") return <div className="said user" dir="auto"><span className="visually-hidden">{t.chat.you}</span>{message.content}</div>;
  const citations = message.citations ?? [];
  return (
    <div className={citations.length ? "said assistant" : "said assistant nothing"}>
      <span className="visually-hidden">{t.chat.answer}</span>
      <p dir="auto">{message.content}</p>
      {message.doubted?.map((sentence, i) => <p className="hint" key={i}>{t.chat.unsupported}: “{sentence.text}”</p>)}
      {citations.length > 0 && <ul>{citations.map((citation, i) => (
        <li key={i}><button type="button" className="citation" onClick={() => onCite(citation)}>
          {sheets > 1 && <span className="chip">{t.chat.page(citation.page)}</span>}<q dir="auto">{citation.snippet}</q></button></li>
      ))}</ul>}
    </div>
  );
}
