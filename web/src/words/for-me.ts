import { addWords } from ".";
import messages from "./en/for-me.ftl";

addWords(messages);
