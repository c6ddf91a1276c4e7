import { t } from "../texts";
export default function AccountView() { return <main className="page" id="main"><h1>{t.account.title}</h1></main>; }
