// What tools open beside the text. It comes together, when it is asked for (later.js).

import { askForCard, askForSource } from "./card-source.js";
import { askForImage, editImage } from "./images.js";
import { insertMenu, tableMenu } from "./insert.js";
import { openOutline } from "./outline.js";

export { askForCard, askForImage, askForSource, editImage, insertMenu, openOutline, tableMenu };
