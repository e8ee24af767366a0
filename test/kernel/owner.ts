/** Takes EN, sets it and waits to be killed. */
import { openChardev } from "../../drivers/gpio/chardev.ts";

const gpio = await openChardev(process.argv[2] ?? "", { EN: { offset: 17, direction: "out" } });
await gpio.set("EN", true);
setTimeout(() => process.exit(1), 60_000);
