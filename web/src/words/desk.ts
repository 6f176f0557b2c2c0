import { addWords } from ".";
import messages from "./en/desk.ftl";

addWords(messages);
