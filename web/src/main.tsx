import "@fontsource-variable/inter/wght.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import "./styles/job.css";
import "./styles/content.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { apply } from "./state/settings";

apply();
createRoot(document.getElementById("root") as HTMLElement).render(<StrictMode><App /></StrictMode>);
