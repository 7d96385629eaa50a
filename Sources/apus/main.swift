// SPDX-License-Identifier: Apache-2.0
import Config
import Gateway
import Node
import Reactor

SignalSource.blockInThisThread()
let arguments = CommandLine.arguments
let path = arguments[2]
let loaded = try ConfigSource(path: path, surroundings: .ofProcess()).load()
let node = try GatewayNode(loaded.snapshot, loops: 1)
let loop = EventLoop()
let signals = SignalSource(loop: loop) { _ in loop.stop() }
loop.run()
node.stop()
