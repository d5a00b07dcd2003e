The owner writes tests/integration/run.c and tests/integration/build.c himself. You do image.c, transfer.c, cancel.c, faults.c.
