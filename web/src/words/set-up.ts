import { addWords } from ".";
import text from "./en/set-up.ftl?raw";

addWords(text);
