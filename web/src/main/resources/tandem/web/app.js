// The page: its parts, and what they share.

import { startCode } from "./code.js";
import { startDifferences } from "./differences.js";
import { startDraw } from "./draw.js";
import { Drawing } from "./drawing.js";
import { startInside } from "./inside.js";
import { undoByKeys } from "./pad.js";
import { startParity } from "./parity.js";
import { Reading } from "./reading.js";
import { startRuns } from "./runs.js";
import { startSaying } from "./said.js";
import { watchServer } from "./server.js";
import { currentTab, startTabs } from "./tabs.js";
import { startTrain } from "./train.js";

const drawing = new Drawing();
const reading = new Reading(drawing);

const tabs = {
  draw: startDraw(drawing, reading),
  inside: startInside(drawing, reading),
  train: startTrain(),
  parity: startParity(),
  differences: startDifferences(),
  runs: startRuns(),
  code: startCode(),
};

undoByKeys(drawing, () => ["draw", "inside"].includes(currentTab()));
startSaying();
startTabs((name, rest) => tabs[name].shown?.(rest));
watchServer();
startTheme();
