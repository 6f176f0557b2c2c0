import { addWords } from ".";
import messages from "./en/hiding.ftl";

addWords(messages);
