/** Key of the context in which a page names the tools that stand in each of its dialogs too. */
export const DIALOG_TOOLS = "dialog tools";
