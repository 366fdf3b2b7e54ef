module top; initial $display("hello"); endmodule
