/** A picture from the camera. */

import { useEffect, useRef, useState } from "react";
import { t } from "../texts";
import { Button, Dialog } from "../ui/parts";

export default function Camera({ onClose, onTaken }: { onClose: () => void; onTaken: (file: File) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  const [shot, setShot] = useState<{ blob: Blob; url: string } | null>(null);

  useEffect(() => {
    let stream: MediaStream | null = null;
    let left = false;
    const wanted = { video: { facingMode: "environment", width: { ideal: 4096 }, height: { ideal: 4096 } } };
    Promise.resolve().then(() => navigator.mediaDevices.getUserMedia(wanted)).then(
      (found) => {
        stream = found;
        if (left) return found.getTracks().forEach((track) => track.stop());
        if (video.current) video.current.srcObject = found;
      },
      () => setFailed(true),
    );
    return () => { left = true; stream?.getTracks().forEach((track) => track.stop()); };
  }, []);
  useEffect(() => () => { if (shot) URL.revokeObjectURL(shot.url); }, [shot]);

  const take = () => {
    const from = video.current;
    if (!from?.videoWidth) return;
    const canvas = Object.assign(document.createElement("canvas"), { width: from.videoWidth, height: from.videoHeight });
    canvas.getContext("2d")?.drawImage(from, 0, 0);
    canvas.toBlob((blob) => blob && setShot({ blob, url: URL.createObjectURL(blob) }), "image/jpeg", 0.92);
  };
  const use = () => {
    if (!shot) return;
    const now = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
    onTaken(new File([shot.blob], `Photo ${now}.jpg`, { type: "image/jpeg" }));
  };

  return (
    <Dialog title={t.camera.title} onClose={onClose} wide>
      {failed ? <div className="camera-failed"><strong>{t.camera.failed}</strong><p>{t.camera.failedWhy}</p></div> : (
        <div className="camera">
          <video ref={video} autoPlay playsInline muted hidden={Boolean(shot)} />
          {shot && <img src={shot.url} alt={t.camera.shot} />}
        </div>
      )}
      <div className="row center">
        {!failed && !shot && <Button look="main" onClick={take}>{t.camera.take}</Button>}
        {shot && <><Button onClick={() => setShot(null)}>{t.camera.again}</Button><Button look="main" onClick={use}>{t.camera.use}</Button></>}
      </div>
    </Dialog>
  );
}
