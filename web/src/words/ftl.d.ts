declare module "*.ftl" {
  const messages: Readonly<Record<string, import("./text").Text>>;
  export default messages;
}
