import "./scale";
import { addWords } from ".";
import messages from "./en/scale-desk.ftl";

addWords(messages);
