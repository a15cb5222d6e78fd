export { guard } from './guard.ts';
export { decodeFlowState, emptyFlowState, encodeFlowState, type FlowState } from './state.ts';
