import ArgumentParser
import AsyncHTTPClient

print("x")
