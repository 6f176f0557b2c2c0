import { addWords } from ".";
import messages from "./en/pen.ftl";

addWords(messages);
