"""What can be typed after `./inv`, one file per family; heavy imports wait inside the tasks."""
