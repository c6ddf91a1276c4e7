import { t } from "../texts";
import { Tools } from "../ui/icons";
import { EmptyState } from "../ui/parts";
export default function ToolsView() {
  return <main className="page wide" id="main"><h1>{t.tools.title}</h1><EmptyState icon={<Tools size={24} />} title={t.tools.empty}>{t.tools.emptyHint}</EmptyState></main>;
}
