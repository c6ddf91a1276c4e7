/** What was done here, as a program would ask for it. */

import type { Job } from "../api/types";
import { t } from "../texts";
import { Code } from "../ui/icons";
import { EmptyState } from "../ui/parts";

export function CodePanel(_: { job: Job }) {
  return <EmptyState icon={<Code size={24} />} title={t.code.title} />;
}
