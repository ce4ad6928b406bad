// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Token} from "./Token.sol";

/// A pool of two tokens whose product of reserves never falls; 0.3 % of what is paid in stays. Its storage is written in a genesis.
contract Pair {
    Token public token0; // slot 0
    Token public token1; // slot 1
    uint128 public reserve0; // slot 2, lower half
    uint128 public reserve1; // slot 2, upper half

    event Swap(address indexed to, bool zeroForOne, uint256 amountIn, uint256 amountOut);

    error NothingPaid();

    /// Exchanges what somebody has paid in beyond the reserve for the other token.
    function swap(bool zeroForOne, address to) external returns (uint256 amountOut) {
        (Token tokenIn, Token tokenOut) = zeroForOne ? (token0, token1) : (token1, token0);
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (reserve0, reserve1) : (reserve1, reserve0);
        uint256 balanceIn = tokenIn.balanceOf(address(this));
        uint256 amountIn = balanceIn - reserveIn;
        if (amountIn == 0) revert NothingPaid();
        uint256 afterFee = amountIn * 997;
        amountOut = (afterFee * reserveOut) / (reserveIn * 1000 + afterFee); // rounded down, for the pool
        tokenOut.transfer(to, amountOut);
        (uint128 left, uint128 right) = (uint128(balanceIn), uint128(reserveOut - amountOut));
        (reserve0, reserve1) = zeroForOne ? (left, right) : (right, left);
        emit Swap(to, zeroForOne, amountIn, amountOut);
    }
}
