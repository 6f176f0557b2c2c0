import { addWords } from ".";
import messages from "./en/set-up.ftl";

addWords(messages);
