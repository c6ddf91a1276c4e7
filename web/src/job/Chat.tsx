/** Questions about the document. */

import type { Job } from "../api/types";
import type { Book } from "../state/job";
import { t } from "../texts";
import { Chat } from "../ui/icons";
import { EmptyState } from "../ui/parts";
import type { Active } from "./active";

export function ChatPanel(_: { job: Job; book: Book; active: Active; toPage: (page: number) => void }) {
  return <EmptyState icon={<Chat size={24} />} title={t.chat.none} />;
}
