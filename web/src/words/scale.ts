import { addWords } from ".";
import messages from "./en/scale.ftl";

addWords(messages);
