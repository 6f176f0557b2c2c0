import { addWords } from ".";
import board from "./en/board.ftl";
import people from "./en/people.ftl";
import plan from "./en/plan.ftl";

addWords(board);
addWords(people);
addWords(plan);
