import "./sheets";
import { addWords } from ".";
import messages from "./en/meet.ftl";

addWords(messages);
