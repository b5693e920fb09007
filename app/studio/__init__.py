"""The process owner's pages under /processen: draw, try out, deploy, insight, tables, texts."""
