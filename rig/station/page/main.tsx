import { render } from "preact";
import { watchClocks } from "./heard.ts";
import { listenToKeys } from "./keys.ts";
import { startKiosk } from "./kiosk.tsx";
import { renew } from "./live.ts";
import { Shell } from "./shell.tsx";
import * as state from "./state.ts";
import "./style.css";
import "./far.css";
import "uplot/dist/uPlot.min.css";

watchClocks(renew);
addEventListener("hashchange", () => {
  state.route.value = location.hash || "#/";
});

listenToKeys();
startKiosk();

const page = document.getElementById("page");
if (page) render(<Shell />, page);
