import { mount, unmount } from "svelte";
import App from "./App.svelte";
import "./styles/index.css";

const target = document.getElementById("app");
if (!target) throw new Error("The page has no place for the app");
const app = mount(App, { target });

// A page that was left must not come back out of the browser's memory with the words of a meeting on it (P6).
addEventListener("pagehide", () => void unmount(app), { once: true });
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
