/** Music, engraved by abcjs and played by the browser's own oscillators. */

import abcjs from "abcjs";
import { useEffect, useMemo, useRef, useState } from "react";
import { t } from "../texts";
import { Play, Stop } from "../ui/icons";
import { Button } from "../ui/parts";
import { music, type Note } from "./kern";

const QUARTERS_A_MINUTE = 96;

export default function Score({ kern }: { kern: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const found = useMemo(() => { try { return music(kern); } catch { return null; } }, [kern]);
  const [playing, setPlaying] = useState(false);
  const player = useRef<AudioContext | null>(null);

  useEffect(() => {
    if (!ref.current || !found) return setFailed(!found);
    try {
      abcjs.renderAbc(ref.current, found.abc, { responsive: "resize", add_classes: true, staffwidth: 720, paddingtop: 8, paddingbottom: 8, ariaLabel: t.render.score });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }, [found]);
  useEffect(() => () => { void player.current?.close(); }, []);

  const stop = () => { void player.current?.close(); player.current = null; setPlaying(false); };
  const play = () => {
    if (playing || !found) return stop();
    const context = new AudioContext();
    player.current = context;
    schedule(context, found.notes);
    setPlaying(true);
    setTimeout(() => { if (player.current === context) stop(); }, (found.quarters * 60_000) / QUARTERS_A_MINUTE + 600);
  };

  if (failed) return <div className="raw"><p className="hint">{t.render.failed}</p><pre>{kern}</pre></div>;
  return (
    <div className="score">
      <div className="drawing paper" ref={ref} role="img" aria-label={t.render.score} />
      {found && found.notes.length > 0 && <div className="score-tools"><Button small onClick={play} data-playing={playing}>{playing ? <Stop /> : <Play />}{playing ? t.render.stop : t.render.play}</Button></div>}
    </div>
  );
}

/** A soft triangle for every note; many at once must not be too loud. */
function schedule(context: AudioContext, notes: Note[]): void {
  const second = 60 / QUARTERS_A_MINUTE;
  const start = context.currentTime + 0.08;
  for (const note of notes) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    const from = start + note.at * second, to = from + Math.max(0.08, note.length * second * 0.95);
    tone.type = "triangle";
    tone.frequency.value = 440 * 2 ** ((note.midi - 69) / 12);
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.13, from + 0.015);
    gain.gain.setTargetAtTime(0.06, from + 0.05, 0.25);
    gain.gain.setTargetAtTime(0, to - 0.03, 0.03);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(to + 0.2);
  }
}
