// The script-tag entry: dist/widget.js registers the element and leaves nothing else in the page.
import { defineWidget } from './define.ts';

defineWidget();
