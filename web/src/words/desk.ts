import { addWords } from ".";
import text from "./en/desk.ftl?raw";

addWords(text);
