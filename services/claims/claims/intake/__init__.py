"""Applications (理赔申请): opening, filling, handing in, reading."""
