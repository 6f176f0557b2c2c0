import { addWords } from ".";
import messages from "./en/wall.ftl";

addWords(messages);
