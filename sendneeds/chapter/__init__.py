"""The JSNA chapter, regenerated from one run."""
