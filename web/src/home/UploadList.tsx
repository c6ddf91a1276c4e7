/** Several files on their way, and where they led. */

import { callOff, clearSent, useUploads } from "../state/uploads";
import { t } from "../texts";
import { Check, Close, Warning } from "../ui/icons";
import { Bar, Button, IconButton } from "../ui/parts";
import { ProblemCard, titleOf } from "../ui/problem";

export function UploadList() {
  const uploads = useUploads();
  if (!uploads.length) return null;
  const loud = uploads.find((each) => each.problem && [401, 402].includes(each.problem.status))?.problem;
  const busy = uploads.some((each) => each.state === "sending" || each.state === "waiting");
  return (
    <>
      {loud && <ProblemCard problem={loud} />}
      <section className="uploads card" aria-label={t.uploads.title}>
        <header><h2>{t.uploads.title}</h2>{!busy && <Button look="quiet" small onClick={clearSent}>{t.uploads.clear}</Button>}</header>
        <ul>
          {uploads.map((each) => (
            <li key={each.number} className={each.state}>
              <span className="upload-name">{each.name}<small>{t.units.bytes(each.size)}</small></span>
              {each.state === "sending" && <Bar done={each.done} label={t.uploads.sending(Math.round(each.done * 100))} />}
              {each.state === "waiting" && <span className="hint">{t.uploads.waiting}</span>}
              {each.state === "sent" && <a className="button plain small" href={`#/jobs/${each.job}`}><Check />{t.uploads.open}</a>}
              {each.problem && <span className="wrong" role="alert"><Warning size={14} /> {each.problem.body.detail || titleOf(each.problem)}</span>}
              <IconButton label={(each.state === "sent" || each.state === "failed" ? t.uploads.dismiss : t.uploads.cancel)(each.name)} onClick={() => callOff(each.number)}><Close size={14} /></IconButton>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
