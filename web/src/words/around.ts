import { addWords } from ".";
import messages from "./en/around.ftl";

addWords(messages);
