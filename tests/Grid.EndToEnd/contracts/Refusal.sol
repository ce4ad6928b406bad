// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Fails in each of the ways that Solidity offers.
contract Refusal {
    error Refused(address who, uint256 amount);

    function withReason() external pure {
        revert("not today");
    }

    function withError(uint256 amount) external view {
        revert Refused(msg.sender, amount);
    }

    function withPanic(uint256[] calldata values) external pure returns (uint256) {
        return values[values.length];
    }
}
