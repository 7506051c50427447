// The version of all programs, as package.json has it.

export const programVersion = '0.1.0';
