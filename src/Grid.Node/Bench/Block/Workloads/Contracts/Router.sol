// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pair} from "./Pair.sol";
import {Token} from "./Token.sol";

/// Pays a pair for its caller, who has allowed that, and has the pair pay the caller. Keeps nothing, not even storage.
contract Router {
    error TooLittle(uint256 amountOut);

    function swap(Pair pair, bool zeroForOne, uint256 amountIn, uint256 minOut) external returns (uint256 amountOut) {
        Token tokenIn = zeroForOne ? pair.token0() : pair.token1();
        tokenIn.transferFrom(msg.sender, address(pair), amountIn);
        amountOut = pair.swap(zeroForOne, msg.sender);
        if (amountOut < minOut) revert TooLittle(amountOut);
    }
}
