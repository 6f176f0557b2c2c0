import { addWords } from ".";
import messages from "./en/parts.ftl";

addWords(messages);
