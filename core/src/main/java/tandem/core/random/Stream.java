package tandem.core.random;

/** What random blocks are drawn for: the fourth word of the counter. The numbers are part of the format. */
enum Stream {
    /** Initial parameters: counter (block, index of the tensor, 0, stream). */
    PARAMETERS(0),
    /** Order of an epoch: counter (block, 0, epoch from 1, stream). */
    ORDER(1),
    /** Mask of dropout1: counter (block, position in the epoch's order, global step, stream). */
    DROPOUT1(2),
    /** Mask of dropout2: as for dropout1. */
    DROPOUT2(3);

    final int number;

    Stream(int number) {
        this.number = number;
    }
}
