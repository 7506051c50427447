// JSON for programs: the contract's messages in Protobuf's JSON mapping, lists always there.

export const jsonOf = (message: unknown, list?: string): string => {
  const whole = list === undefined ? message : { [list]: [], ...(message as object) };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
};
