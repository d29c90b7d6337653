"""工作台账: the registers that the law and the city's document ask for, each one declaration."""
