import { addWords } from ".";
import messages from "./en/source.ftl";

addWords(messages);
