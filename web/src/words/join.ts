import { addWords } from ".";
import messages from "./en/join.ftl";

addWords(messages);
