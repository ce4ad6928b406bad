// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An ordinary token: all of it belongs to whoever deploys it.
contract Token is ERC20 {
    constructor(uint256 supply) ERC20("Grid Token", "GRD") {
        _mint(msg.sender, supply);
    }
}
