import ArgumentParser
import AsyncHTTPClient
import Server
import Pipeline
import Import
import Knowledge

try await ThermoclineServer.run(settings: Settings.fromEnvironment())
