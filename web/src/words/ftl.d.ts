declare module "*.ftl" {
  const messages: import(".").FileOfWords;
  export default messages;
}
