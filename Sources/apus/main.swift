// SPDX-License-Identifier: Apache-2.0
import Glibc

exit(Apus.run(Array(CommandLine.arguments.dropFirst())).rawValue)
