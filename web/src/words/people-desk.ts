import { addWords } from ".";
import messages from "./en/people-desk.ftl";

addWords(messages);
