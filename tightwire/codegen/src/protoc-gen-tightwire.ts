#!/usr/bin/env node
import { runNodeJs } from "@bufbuild/protoplugin";
import { tightwirePlugin } from "./plugin.js";

runNodeJs(tightwirePlugin);
