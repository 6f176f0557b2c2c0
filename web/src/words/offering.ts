import { addWords } from ".";
import messages from "./en/offering.ftl";

addWords(messages);
